import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { type FieldError, Invalid } from './errors.js';

/** C0, DEL and C1 controls but tab, CR and LF, and halves of surrogate pairs: no keyboard makes them, UTF-8 or PostgreSQL cannot hold them. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const NOT_ALLOWED = /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\p{Surrogate}]/u;

/** What every object has without being given it: class-transformer passes over members of these names, and says nothing. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

const MESSAGES: Readonly<Record<string, string>> = {
  required: 'This is missing.',
  unknown_field: 'This field is not known here.',
  repeated: 'Give this only once.',
  not_text: 'This must be text.',
  too_long: 'This is too long.',
  too_short: 'This is too short.',
  not_one_of: 'This is not one of the choices.',
  not_allowed_characters: 'This has characters that cannot be kept, such as control characters.',
  invalid: 'This cannot be used.',
};

const CODES: Readonly<Record<string, string>> = {
  whitelistValidation: 'unknown_field',
  isDefined: 'required',
  isNotEmpty: 'required',
  isString: 'not_text',
  maxLength: 'too_long',
  arrayMaxSize: 'too_long',
  minLength: 'too_short',
  arrayMinSize: 'too_short',
  arrayNotEmpty: 'too_short',
  isIn: 'not_one_of',
  isEnum: 'not_one_of',
};

/**
 * Checks what was sent against a class of class-validator rules. A rule may name its own code and sentence:
 * `@Matches(…, { context: { code: 'reference', message: '…' } })`.
 *
 * @returns an instance of the class with nothing in it that the class does not declare
 * @throws {Invalid} naming each wrong field by its path, `sealed.items.0.jwe`; nothing of what was sent is repeated
 */
export function check<T extends object>(type: new () => T, sent: unknown): T {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw new Invalid([fieldError('', 'required')]);
  const wrong = wrongAnywhere(sent);
  if (wrong.length > 0) throw new Invalid(wrong);
  const instance = plainToInstance(type, sent);
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  if (errors.length > 0) throw new Invalid(errors.flatMap((error) => flatten(error, '')));
  return instance;
}

/** Checks every body, query and parameter that is typed with a class of rules. */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (type === 'custom' || metatype === undefined || !hasRules(metatype)) return value;
    return check(metatype as new () => object, value);
  }
}

function hasRules(metatype: new (...parameters: never[]) => unknown): boolean {
  return getMetadataStorage().getTargetValidationMetadatas(metatype, '', true, false).length > 0;
}

function flatten(error: ValidationError, above: string): FieldError[] {
  const field = join(above, error.property);
  const below = (error.children ?? []).flatMap((child) => flatten(child, field));
  const [constraint, message] = first(error.constraints ?? {});
  if (constraint === undefined || message === undefined) return below;
  const own = (error.contexts?.[constraint] ?? {}) as { code?: string; message?: string };
  const code = own.code ?? codeOf(error.value, constraint, message);
  return [{ ...fieldError(field, code), ...(own.message === undefined ? {} : { message: own.message }) }, ...below];
}

/** What is not even text is not also said to be too long. */
function first(constraints: Readonly<Record<string, string>>): [string, string] | [] {
  const entries = Object.entries(constraints);
  return entries.find(([name]) => name === 'isString') ?? entries[0] ?? [];
}

function codeOf(value: unknown, constraint: string, message: string): string {
  if (constraint !== 'whitelistValidation') {
    if (value === undefined || value === null || value === '') return 'required';
    const wantsArray = /^array|^isArray$/.test(constraint) || message.startsWith('each value');
    if (Array.isArray(value) && !wantsArray) return 'repeated';
  }
  return CODES[constraint] ?? 'invalid';
}

/** What is taken nowhere, whatever the field. */
function wrongAnywhere(sent: object): FieldError[] {
  const wrong: FieldError[] = [];
  const open: [string, unknown][] = [['', sent]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next;
    if (typeof value === 'string') {
      if (NOT_ALLOWED.test(value)) wrong.push(fieldError(path, 'not_allowed_characters'));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, child] of Object.entries(value)) {
        const at = join(path, name);
        if (INHERITED.has(name)) wrong.push(fieldError(at, 'unknown_field'));
        else open.push([at, child]);
      }
    }
  }
  return wrong.reverse();
}

/** A field's name may be of the sender's making, so it is kept short and plain before it is said back. */
function join(above: string, name: string): string {
  const plain = name.replace(/[^\w.-]/g, '?').slice(0, 60);
  return above === '' ? plain : `${above}.${plain}`;
}

function fieldError(field: string, code: string): FieldError {
  return { field, code, message: MESSAGES[code] ?? MESSAGES.invalid ?? '' };
}
