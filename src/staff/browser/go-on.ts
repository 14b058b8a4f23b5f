const OWN_PAGE = /^\/staff(\/[\w-]+)*(\?[\w=&%.+-]*)?$/;

/** Goes where the person was on the way to: only ever to a page of ours. */
export function goOn(): void {
  const next = new URLSearchParams(location.search).get('next') ?? '';
  location.assign(OWN_PAGE.test(next) ? next : '/staff');
}
