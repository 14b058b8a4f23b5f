import nunjucks from 'nunjucks';

/**
 * A picture that this server drew, for a view to write as it is. Of nothing else: a picture escapes what it holds of
 * anybody's texts, and a text does not.
 *
 * @param svg of one of the functions of this folder
 */
export function asMarkup(svg: string): nunjucks.runtime.SafeString {
  return new nunjucks.runtime.SafeString(svg);
}
