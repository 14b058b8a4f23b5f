import { Controller, Get, Options, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { Throttle } from '../../../web/throttle.js';
import { dataJson } from '../catalogue/data-json.js';
import { dcatCatalogue } from '../catalogue/dcat.js';
import { releaseFeed } from '../catalogue/feed.js';
import { OpenDataPages } from './open-data-pages.js';
import { PublishedReleases } from './published-releases.js';
import { allowData, sendData } from './send-data.js';

/** Open data as programs take it: files of releases, the catalogue in two forms, and the feed. */
@Controller('open-data')
export class OpenDataFilesController {
  constructor(
    private readonly releases: PublishedReleases,
    private readonly pages: OpenDataPages,
    private readonly throttle: Throttle,
  ) {}

  @Get('data.json')
  async dataJson(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const json = dataJson(await this.pages.catalogue());
    await this.sendText(request, reply, 'application/json; charset=utf-8', JSON.stringify(json, null, 2));
  }

  @Get('catalogue.jsonld')
  async dcat(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const json = dcatCatalogue(await this.pages.catalogue());
    await this.sendText(request, reply, 'application/ld+json; charset=utf-8', JSON.stringify(json, null, 2));
  }

  @Get('releases.atom')
  async feed(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const feed = releaseFeed(await this.pages.catalogue());
    await this.sendText(request, reply, 'application/atom+xml; charset=utf-8', feed);
  }

  @Get('v1/:dataset/:period/:revision/:file')
  async file(
    @Param('dataset') dataset: string,
    @Param('period') period: string,
    @Param('revision') revision: string,
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.throttle.take('open_data', request);
    const { mediaType, sha256, body } = await this.releases.file(dataset, period, revision, file);
    const text = /^text\/|json|xml/.test(mediaType) ? `${mediaType}; charset=utf-8` : mediaType;
    await sendData(request, reply, { mediaType: text, etag: `"${sha256}"`, body, keep: 'for ever' });
  }

  /** Whether there is such a file is told by asking for it. */
  @Options(['data.json', 'catalogue.jsonld', 'releases.atom', 'v1/:dataset/:period/:revision/:file'])
  async allow(@Res() reply: FastifyReply): Promise<void> {
    await allowData(reply);
  }

  private async sendText(request: FastifyRequest, reply: FastifyReply, mediaType: string, text: string): Promise<void> {
    this.throttle.take('open_data', request);
    const body = Buffer.from(text);
    const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
    await sendData(request, reply, { mediaType, etag, body, keep: 'for a while' });
  }
}
