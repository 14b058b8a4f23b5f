import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { AppModule } from '../../src/app.module.js';
import { WebModule } from '../../src/web/web.module.js';
import { Invalid } from '../../src/web/errors.js';
import { check } from '../../src/web/validation.js';

/* Every class that a body, a query or the parameters of a path are read into, found by what Nest knows of each route. */

type Class = new (...parameters: never[]) => object;

const SMUGGLED = ['id', 'roles', 'role', 'agencyId', 'staffId', 'status', 'active', 'isAdmin', 'method'];

function controllersOf(module: Class, seen = new Set<Class>()): Class[] {
  if (seen.has(module)) return [];
  seen.add(module);
  const imports = (Reflect.getMetadata('imports', module) ?? []) as (Class | { module: Class })[];
  const own = (Reflect.getMetadata('controllers', module) ?? []) as Class[];
  return [...own, ...imports.flatMap((one) => controllersOf('module' in one ? one.module : one, seen))];
}

/** What Nest's decorators say of parameters: body, query, param. */
const BODY_QUERY_PARAM = /^(?:3|4|5):(\d+)$/;

interface Read {
  readonly route: string;
  readonly from: string;
  readonly type: Class;
  /** One named member only, `@Query('to')`. */
  readonly member: unknown;
}

const reads: Read[] = [...controllersOf(AppModule), ...controllersOf(WebModule)].flatMap((controller) =>
  Object.getOwnPropertyNames(controller.prototype).flatMap((method) => {
    const marks = (Reflect.getMetadata('__routeArguments__', controller, method) ?? {}) as Record<
      string,
      { data?: unknown }
    >;
    const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ?? []) as Class[];
    return Object.entries(marks).flatMap(([mark, { data }]) => {
      const at = BODY_QUERY_PARAM.exec(mark)?.[1];
      const type = at === undefined ? undefined : types[Number(at)];
      return type ? [{ route: `${controller.name}.${method}`, from: mark.slice(0, 1), type, member: data }] : [];
    });
  }),
);
const classes = [...new Set(reads.filter(({ member }) => member === undefined).map(({ type }) => type))].filter(
  hasRules,
);

function hasRules(type: Class): boolean {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', true, false).length > 0;
}

/** Names of members that are objects of their own. */
function membersOf(type: Class): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  return rules
    .filter((rule) => rule.name === 'nestedValidation' || rule.type === 'nestedValidation')
    .map(({ propertyName }) => propertyName);
}

function unknownFields(type: Class, sent: object): string[] {
  try {
    check(type, sent);
    return [];
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return error.fields.filter(({ code }) => code === 'unknown_field').map(({ field }) => field);
  }
}

describe('what is sent beyond what was asked for', () => {
  it('is looked for in every class there is', () => {
    expect(classes.length).toBeGreaterThan(30);
    expect(classes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['InviteForm', 'AssignForm', 'SubmissionDto']),
    );
  });

  it.each(classes.map((type): [string, Class] => [type.name, type]))(
    'is refused by %s, whatever it is called',
    (_name, type) => {
      const declared = new Set(
        getMetadataStorage()
          .getTargetValidationMetadatas(type, '', true, false)
          .map(({ propertyName }) => propertyName),
      );
      for (const name of SMUGGLED.filter((one) => !declared.has(one))) {
        const sent = Object.defineProperty({}, name, { value: 'admin', enumerable: true });
        expect([name, unknownFields(type, sent)]).toEqual([name, [name]]);
      }
      for (const member of membersOf(type)) {
        for (const inside of [{ smuggled: 1 }, [{ smuggled: 1 }]]) {
          const found = unknownFields(type, { [member]: inside });
          // One of the two is of the right form, and then names what should not be in it.
          if (found.length > 0) expect(found[0]).toMatch(new RegExp(`^${member}(?:\\.0)?\\.smuggled$`));
        }
        const either = [{ smuggled: 1 }, [{ smuggled: 1 }]].flatMap((inside) =>
          unknownFields(type, { [member]: inside }),
        );
        expect([member, either.length > 0]).toEqual([member, true]);
      }
    },
  );

  it('never comes past a class: a body is read into one, or checked by name where a page shows it again', () => {
    const raw = reads.filter(({ from, type, member }) => from === '3' && member === undefined && !hasRules(type));
    const known = raw.map(({ route }) => route).sort();
    expect(known).toEqual(KNOWN_RAW);
  });
});

/** These call `check` or `tryCheck` themselves, to show what was typed once more, or read nothing of what is sent. */
const KNOWN_RAW: readonly string[] = [
  'DutiesController.close',
  'JourneyController.afterClassified',
  'JourneyController.afterDanger',
  'JourneyController.answer',
  'JourneyController.choose',
  'LinksController.link',
  'MailboxController.add',
  'MailboxController.open',
  'MailboxReferralsApiController.refuse',
  'MailboxReferralsApiController.tellOfRetelling',
  'MailboxReferralsController.answer',
  'RoutingController.decide',
  'WaysController.choose',
  'WebhookController.set',
  'WriteController.lodge',
];
