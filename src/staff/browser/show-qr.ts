import { element } from '../../web/browser/page.js';

/** Shows the picture (SVG) of a secret in its place, which names what it is for those who do not see it. */
export function showQr(svg: string): void {
  const place = element('#qr');
  const image = new Image(220, 220);
  image.className = 'od-qr';
  image.alt = place.dataset.alt ?? '';
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  place.replaceChildren(image);
}
