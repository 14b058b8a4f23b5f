export { OfficerAtPage, type ToPropose } from './officer-at-page.js';
