import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Throttle } from '../../../web/throttle.js';
import { revision } from '../release-url.js';
import { OpenDataPages } from './open-data-pages.js';
import { PublishedReleases } from './published-releases.js';

/** Open data as people look at it: what there is, each release with its pictures and files, and ways to the newest. */
@Controller('open-data')
export class OpenDataController {
  constructor(
    private readonly releases: PublishedReleases,
    private readonly pages: OpenDataPages,
    private readonly throttle: Throttle,
  ) {}

  @Get()
  async datasets(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.throttle.take('open_data', request);
    await reply.view('open-data.njk', await this.pages.datasets(reply));
  }

  /* The address of a dataset is the landing page that catalogues name. */
  @Get(['v1/:dataset', 'v1/:dataset/latest'])
  async latest(
    @Param('dataset') dataset: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.throttle.take('open_data', request);
    const { period, number } = await this.releases.last(dataset);
    await reply.redirect(`/open-data/v1/${dataset}/${period.text}/${revision(number)}`, 302);
  }

  @Get('v1/:dataset/:period/latest')
  async latestOfPeriod(
    @Param('dataset') dataset: string,
    @Param('period') period: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.throttle.take('open_data', request);
    const { number } = await this.releases.last(dataset, period);
    await reply.redirect(`/open-data/v1/${dataset}/${period}/${revision(number)}`, 302);
  }

  @Get('v1/:dataset/:period/:revision')
  async release(
    @Param('dataset') dataset: string,
    @Param('period') period: string,
    @Param('revision') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.throttle.take('open_data', request);
    await reply.view('open-data-release.njk', await this.pages.release(dataset, period, name, reply));
  }
}
