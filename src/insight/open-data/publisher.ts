import type { Settings } from '../../../config/settings.js';
import type { Publisher } from './files/release.js';

/** Who publishes the open data of this service. */
export function publisherOf({ OPEN_DATA_CONTACT, MAIL_FROM }: Settings): Publisher {
  return { name: 'OneDoor', contactName: 'OneDoor open data', contactEmail: OPEN_DATA_CONTACT ?? MAIL_FROM };
}
