import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { revision } from '../release-url.js';
import { OpenDataPages } from './open-data-pages.js';
import { PublishedReleases } from './published-releases.js';

/** Open data as people look at it: what there is, each release with its pictures and files, and ways to the newest. */
@Controller('open-data')
export class OpenDataController {
  constructor(
    private readonly releases: PublishedReleases,
    private readonly pages: OpenDataPages,
  ) {}

  @Get()
  async datasets(@Res() reply: FastifyReply): Promise<void> {
    await reply.view('open-data.njk', await this.pages.datasets(reply));
  }

  /* The address of a dataset is the landing page that catalogues name. */
  @Get(['v1/:dataset', 'v1/:dataset/latest'])
  async latest(@Param('dataset') dataset: string, @Res() reply: FastifyReply): Promise<void> {
    const { period, number } = await this.releases.last(dataset);
    await reply.redirect(`/open-data/v1/${dataset}/${period.text}/${revision(number)}`, 302);
  }

  @Get('v1/:dataset/:period/latest')
  async latestOfPeriod(
    @Param('dataset') dataset: string,
    @Param('period') period: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { number } = await this.releases.last(dataset, period);
    await reply.redirect(`/open-data/v1/${dataset}/${period}/${revision(number)}`, 302);
  }

  @Get('v1/:dataset/:period/:revision')
  async release(
    @Param('dataset') dataset: string,
    @Param('period') period: string,
    @Param('revision') name: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.releases.release(dataset, period, name);
    await reply.view('open-data-release.njk', await this.pages.release(found, reply));
  }
}
