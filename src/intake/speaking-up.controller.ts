import { Controller, Get, Render } from '@nestjs/common';
import { type Part, PUNISHED, SPEAKING_UP } from './speaking-up.js';

/** What to know before speaking up, and afterwards. Nothing is asked or kept. */
@Controller()
export class SpeakingUpController {
  @Get('speaking-up')
  @Render('speaking-up.njk')
  speakingUp(): { parts: readonly Part[] } {
    return { parts: SPEAKING_UP };
  }

  /** The same on the way to the first word. */
  @Get('before-writing')
  @Render('speaking-up.njk')
  beforeWriting(): { parts: readonly Part[]; onTheWay: true } {
    return { parts: SPEAKING_UP, onTheWay: true };
  }

  @Get('speaking-up/punished')
  @Render('punished.njk')
  punished(): { parts: readonly Part[] } {
    return { parts: PUNISHED };
  }
}
