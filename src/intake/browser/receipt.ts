import { element } from '../../web/browser/page.js';
import { enlivenReceipt } from './receipt-panel.js';

enlivenReceipt(document, element('[data-copied]').dataset.copied ?? '');
