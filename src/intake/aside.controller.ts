import { Controller, Get, Render } from '@nestjs/common';

/** Where somebody takes up again what they put aside on their own device. The server has nothing of it. */
@Controller('draft')
export class AsideController {
  @Get()
  @Render('draft.njk')
  draft(): object {
    return {};
  }
}
