import { JobFailure } from '../queue/job-failure.js';

/**
 * The code that stands for what went wrong with a mail server (reply codes as in RFC 5321, 4.2). A refusal of the mail
 * itself is for good; everything else may be put right by waiting or by whoever looks after the server.
 */
export function mailFailure(thrown: unknown): JobFailure {
  const { code, responseCode } = thrown as { readonly code?: unknown; readonly responseCode?: unknown };
  switch (code) {
    case 'EAUTH':
    case 'ENOAUTH':
    case 'EOAUTH2':
      return new JobFailure('smtp_sign_in');
    case 'ETLS':
    case 'EREQUIRETLS':
      return new JobFailure('smtp_tls');
  }
  if (typeof responseCode === 'number') {
    // 503 says that the conversation was out of step, not that the mail is unwelcome.
    if (responseCode >= 500 && responseCode !== 503) return new JobFailure('smtp_refused', { permanent: true });
    if (responseCode >= 400) return new JobFailure('smtp_deferred');
  }
  switch (code) {
    case 'ECONNECTION':
    case 'ESOCKET':
    case 'ETIMEDOUT':
    case 'EDNS':
    case 'EPROXY':
    case 'EABORT':
      return new JobFailure('smtp_unreachable');
    case 'EENVELOPE':
      return new JobFailure('address_unusable', { permanent: true });
  }
  return new JobFailure('smtp_failed');
}
