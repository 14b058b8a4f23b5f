import { Body, Controller, Get, HttpCode, Module, Param, Post, Render, Req, Res } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventEmitter, once } from 'node:events';
import { QueryFailedError } from 'typeorm';
import { Conflict, Forbidden, NotFound } from '../../src/web/errors.js';
import { AllowWasm } from '../../src/web/headers.js';
import { Throttle } from '../../src/web/throttle.js';

const FORM = `{% extends "layout.njk" %}{% block pageTitle %}Try{% endblock %}{% block content %}<h1>Try</h1>
  <form method="post" action="/form">{{ csrf() }}<label for="words">Words</label>
  <input id="words" name="words"><button>Send</button></form>{% endblock %}`;
const STAFF = `{% extends "staff-layout.njk" %}{% block pageTitle %}Desk{% endblock %}{% block content %}<h1>Desk</h1>{% endblock %}`;

/** Holds the slow route until a test opens it. */
export const gate = new EventEmitter();

async function render(reply: FastifyReply, template: string): Promise<void> {
  await reply
    .type('text/html; charset=utf-8')
    .send(await reply.viewAsync({ raw: template } as unknown as string, { agencyName: 'Office of Trying' }));
}

class Item {
  @IsString()
  @MaxLength(10)
  jwe: string;
}

class Told {
  @IsString()
  @MaxLength(10)
  words: string;

  @IsOptional()
  @IsIn(['yes', 'no'])
  answer?: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Item)
  items?: Item[];
}

@Controller()
class TryController {
  constructor(private readonly throttle: Throttle) {}

  @Get()
  @Render('information.njk')
  home(): object {
    return { page: 'privacy', sections: [] };
  }

  @Post('api/told')
  told(@Body() body: Told): object {
    return { words: body.words };
  }

  @Post('form')
  @HttpCode(200)
  form(@Body() body: Told): object {
    return { words: body.words };
  }

  @Get('form')
  async showForm(@Res() reply: FastifyReply): Promise<void> {
    await render(reply, FORM);
  }

  @Get('fails/:how')
  fails(@Param('how') how: string): never {
    switch (how) {
      case 'driver':
        throw new QueryFailedError(
          'INSERT INTO t VALUES ($1)',
          ['sentinel-words'],
          new Error('sentinel-words in tuple'),
        );
      case 'forbidden':
        throw new Forbidden('You may not see the case of sentinel-words.');
      case 'missing':
        throw new NotFound('No sentinel-words.');
      case 'conflict':
        throw new Conflict('moved_on', 'This has changed meanwhile.');
      default:
        throw new Error(`sentinel-words ${how}`);
    }
  }

  @Get('guess')
  guess(@Req() request: FastifyRequest): object {
    this.throttle.take('mailbox', request);
    return {};
  }

  @Get('slow')
  async slow(): Promise<object> {
    gate.emit('entered');
    await once(gate, 'open');
    return { done: true };
  }
}

@Controller('staff')
class TryStaffController {
  @Get()
  async home(@Res() reply: FastifyReply): Promise<void> {
    await render(reply, STAFF);
  }

  @Get('unlock')
  @AllowWasm()
  async unlock(@Res() reply: FastifyReply): Promise<void> {
    await render(reply, STAFF);
  }

  @Post('api/act')
  act(): object {
    return { acted: true };
  }
}

/** A few routes that try what the shell does. */
@Module({ controllers: [TryController, TryStaffController] })
export class TryModule {}
