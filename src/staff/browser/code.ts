import { ApiProblem } from '../../web/browser/ask.js';
import { elementOf, onSubmit, say, tell, valueOf } from '../../web/browser/page.js';
import { askStaff } from './ask-staff.js';

const { offer } = elementOf(HTMLFormElement, '#keep').dataset;

onSubmit('#keep', async () => {
  try {
    await askStaff('/staff/api/passphrase/code', { offer, code: valueOf('#code').replace(/\s/g, '') });
    location.assign('/staff/ways-in');
  } catch (error) {
    tell(whyNot(error));
  }
});

function whyNot(error: unknown): string {
  if (!(error instanceof ApiProblem)) return say('failed');
  return error.status === 422 ? say('code') : error.status === 409 ? error.message : say('failed');
}

elementOf(HTMLButtonElement, '#enter').disabled = false;
