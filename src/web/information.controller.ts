import { Controller, Get, Render } from '@nestjs/common';

/** Pages that only say something; their words are in the catalogues. */
@Controller()
export class InformationController {
  @Get('privacy')
  @Render('information.njk')
  privacy(): { page: string; sections: string[] } {
    return { page: 'privacy', sections: ['kept', 'seen', 'notKept', 'cookies', 'limits'] };
  }

  @Get('accessibility')
  @Render('information.njk')
  accessibility(): { page: string; sections: string[] } {
    return { page: 'accessibility', sections: ['aim', 'scripts', 'language', 'known'] };
  }
}
