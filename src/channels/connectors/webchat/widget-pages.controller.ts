import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../../identity/access.decorators';
import { Config } from '../../../platform/config';
import { DomainError } from '../../../platform/errors';
import { isUuid } from '../../../platform/ids';
import { ChannelDirectory } from '../../channel-directory';
import { VisitorSessions } from './visitor-sessions';
import { demoPage, framePage, noticePage } from './widget-pages';
import { frameAncestors, mayEmbed } from './webchat.settings';

/** From this file to the built widget, from dist/ and from src/. */
const BUILT = [5, 4].map((up) =>
  join(__dirname, ...Array<string>(up).fill('..'), 'web', 'dist', 'widget', 'loader.js'),
);

/** The one script a site embeds, the page inside its iframe, and a page to try both. */
@ApiExcludeController()
@Controller()
@Public()
export class WidgetPagesController {
  private loader?: string;

  constructor(
    private readonly sessions: VisitorSessions,
    private readonly directory: ChannelDirectory,
    private readonly config: Config,
  ) {}

  @Get('widget.js')
  async script(@Res() reply: FastifyReply): Promise<void> {
    const loader = await this.built();
    void reply
      .header('content-type', 'text/javascript; charset=utf-8')
      .header('cache-control', 'public, max-age=600')
      .header('cross-origin-resource-policy', 'cross-origin')
      .send(loader);
  }

  /** `?inbox=<id>&origin=<the page's>`: the origin is who the frame talks to; the browser holds it to the list. */
  @Get('widget/frame')
  async frame(
    @Query('inbox') inboxId: unknown,
    @Query('origin') origin: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { channel, settings } = await this.sessions.inbox(String(inboxId));
    const page = typeof origin === 'string' && URL.canParse(origin) ? new URL(origin).origin : null;
    const embeddable =
      page === null || page === 'null' || page === this.ownOrigin(reply) || mayEmbed(settings.allowedOrigins, page);
    void reply.removeHeader('x-frame-options'); // knows no lists; frame-ancestors says who may
    html(
      reply,
      embeddable ? 200 : 403,
      frameAncestors(settings.allowedOrigins),
      "script-src 'self'; connect-src 'self' ws: wss:; font-src 'self'",
    ).send(
      embeddable
        ? framePage(channel.externalId, page === 'null' ? null : page)
        : noticePage('This site may not show this chat.'),
    );
  }

  /** Without `?inbox=` the only web chat there is, so that a first start needs no ids. */
  @Get('widget/demo')
  async demo(
    @Query('inbox') inboxId: unknown,
    @Query('locale') locale: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const channels = inboxId === undefined ? await this.directory.ofKinds(['webchat']) : [];
    const id = isUuid(inboxId) ? inboxId : channels.length === 1 ? channels[0]!.externalId : null;
    if (id) await this.sessions.inbox(id);
    html(reply, id ? 200 : 404, "'none'", "script-src 'self'; frame-src 'self'").send(
      id
        ? demoPage(id, locale === 'en' ? 'en' : 'fa')
        : noticePage('Name the widget to try: /widget/demo?inbox=<its public id>.'),
    );
  }

  private ownOrigin(reply: FastifyReply): string {
    return this.config.PUBLIC_URL
      ? new URL(this.config.PUBLIC_URL).origin
      : `${reply.request.protocol}://${reply.request.host}`;
  }

  private async built(): Promise<string> {
    if (this.loader !== undefined) return this.loader;
    for (const file of BUILT) {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      if (this.config.NODE_ENV !== 'development') this.loader = text;
      return text;
    }
    throw new DomainError('unavailable', 'The widget has not been built; run npm run build:web.');
  }
}

function html(reply: FastifyReply, status: number, ancestors: string, policy: string): FastifyReply {
  return reply
    .status(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header(
      'content-security-policy',
      `default-src 'none'; ${policy}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors ${ancestors}`,
    );
}
