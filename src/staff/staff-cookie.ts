/** Name of the cookie that holds a session's token, before `__Host-` is put in front. It dies with the browser. */
export const SESSION_COOKIE = 'onedoor-staff';
