import { tellProved } from './confirm-beside.js';

/* On the pages that lead to an agency's own sign-in and back: they go on by themselves. */

const onward = document.querySelector<HTMLAnchorElement>('#go-on');
if (onward) location.replace(onward.href);

if (document.querySelector('#proved')) {
  tellProved();
  close(); // Where a browser does not let it, the page says that it can be closed.
}
