import { Controller, Get, Param } from '@nestjs/common';
import { configPath, readYaml } from '../agencies/data-file.js';
import { NotFound } from '../web/errors.js';

const SCHEMAS = ['items', 'epoch', 'grants', 'mailbox', 'consent'] as const;

/** The API's own description, and beside it the schemas of what a client seals. A test compares it with what is served. */
@Controller('api/v1')
export class OpenApiController {
  private readonly description = readYaml(configPath('openapi', 'openapi.yaml')) as object;
  private readonly schemas = new Map(
    SCHEMAS.map((name) => [`${name}.json`, readYaml(configPath('openapi', 'schemas', `${name}.yaml`)) as object]),
  );

  @Get('openapi.json')
  describe(): object {
    return this.description;
  }

  /** @throws {NotFound} for a file that is not one of the schemas */
  @Get('schemas/:file')
  schema(@Param('file') file: string): object {
    const schema = this.schemas.get(file);
    if (!schema) throw new NotFound();
    return schema;
  }
}
