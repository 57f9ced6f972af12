import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../identity/access.decorators';
import { credentialsOf, originAllowed } from '../../../identity/credentials';
import { Config } from '../../../platform/config';
import { DomainError } from '../../../platform/errors';
import {
  ExchangeBody,
  InboxQuery,
  InitBody,
  MessageBody,
  MessagesQuery,
  OfflineBody,
  OfflineView,
  SessionView,
  VisitorMessagePage,
  VisitorMessageView,
  WidgetSettingsView,
} from './visitor.dto';
import { VisitorMessages } from './visitor-messages';
import { type Inbox, type Proof, type Visitor, VisitorSessions } from './visitor-sessions';
import { WEBCHAT_TEXT_LIMIT } from './webchat.connector';
import { mayEmbed, readableOn, webchatSettings, type WebchatSettings } from './webchat.settings';

const PAGE = 50;

/** What the widget asks. Visitors carry a session of their own as a bearer token; no cookie is read or set. */
@ApiTags('widget')
@Controller('widget/v1')
@Public()
export class VisitorController {
  constructor(
    private readonly sessions: VisitorSessions,
    private readonly messages: VisitorMessages,
    private readonly config: Config,
  ) {}

  @Get('settings')
  @ApiOperation({ summary: 'What the widget shows before anybody writes; nothing here is secret' })
  @ApiOkResponse({ type: WidgetSettingsView })
  async settings(@Query() { inbox_id: inboxId }: InboxQuery): Promise<WidgetSettingsView> {
    const { channel, settings } = await this.sessions.inbox(inboxId);
    const { title, locale, color, greeting, identity } = settings;
    const online = await this.sessions.somebodyOnline(channel);
    const name = title ?? channel.name;
    return {
      inboxId: channel.externalId,
      name,
      locale,
      color,
      onColor: readableOn(color),
      greeting,
      identity,
      online,
      textLimit: WEBCHAT_TEXT_LIMIT,
    };
  }

  @Post('conversations/init')
  @ApiOperation({ summary: 'A session for a visitor nobody knows yet' })
  @ApiCreatedResponse({ type: SessionView })
  async init(@Body() body: InitBody, @Req() request: FastifyRequest): Promise<SessionView> {
    this.checkOrigin(request, await this.sessions.inbox(body.inbox_id));
    return this.sessions.open(body.inbox_id, request.ip);
  }

  @Post('auth/exchange')
  @ApiOperation({
    summary: 'A session for a user the site vouches for; an anonymous session sent along is taken over and ends',
  })
  @ApiCreatedResponse({ type: SessionView })
  async exchange(@Body() body: ExchangeBody, @Req() request: FastifyRequest): Promise<SessionView> {
    this.checkOrigin(request, await this.sessions.inbox(body.inbox_id));
    return this.sessions.exchange(body.inbox_id, proofOf(body), credentialsOf(request.headers).token, request.ip);
  }

  @Get('messages')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'The visitor’s own thread' })
  @ApiOkResponse({ type: VisitorMessagePage })
  async list(@Query() query: MessagesQuery, @Req() request: FastifyRequest): Promise<VisitorMessagePage> {
    const visitor = await this.visitor(request);
    return this.messages.list(visitor, { after: query.after_seq, before: query.before_seq }, query.limit ?? PAGE);
  }

  @Post('messages')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Write; 200 with the stored message when this client_id came before' })
  @ApiCreatedResponse({ type: VisitorMessageView })
  @ApiOkResponse({ type: VisitorMessageView })
  async post(
    @Body() body: MessageBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VisitorMessageView> {
    const { message, created } = await this.messages.post(
      await this.writer(request),
      body.client_id.toLowerCase(),
      body.text,
    );
    void reply.status(created ? 201 : 200);
    return message;
  }

  @Post('offline')
  @ApiBearerAuth()
  @HttpCode(200)
  @ApiOperation({ summary: 'Leave an e-mail address, and a message if there is one' })
  @ApiOkResponse({ type: OfflineView })
  async offline(@Body() body: OfflineBody, @Req() request: FastifyRequest): Promise<OfflineView> {
    const visitor = await this.writer(request);
    this.sessions.countAttempt(request.ip);
    const message =
      body.text !== undefined && body.client_id ? { clientId: body.client_id.toLowerCase(), text: body.text } : null;
    const stored = await this.messages.leaveAddress(visitor, body.email, message);
    return { message: stored?.message ?? null };
  }

  @Post('logout')
  @ApiBearerAuth()
  @HttpCode(204)
  @ApiOperation({ summary: 'End this session, so that the next person at this browser does not see it' })
  @ApiNoContentResponse()
  async logout(@Req() request: FastifyRequest): Promise<void> {
    await this.sessions.logout(await this.writer(request));
  }

  private visitor(request: FastifyRequest): Promise<Visitor> {
    const inboxId = request.headers['x-inbox-id'];
    return this.sessions.authenticate(
      credentialsOf(request.headers).token,
      typeof inboxId === 'string' ? inboxId : undefined,
    );
  }

  private async writer(request: FastifyRequest): Promise<Visitor> {
    const visitor = await this.visitor(request);
    this.checkOrigin(request, { settings: webchatSettings(visitor.channel.settings) });
    return visitor;
  }

  /** The frame is ours and so is its origin. Another page may speak for visitors only where the admin listed its site. */
  private checkOrigin(request: FastifyRequest, { settings }: Pick<Inbox, 'settings'>): void {
    const { origin } = request.headers;
    if (originAllowed(origin, request.host, this.config.PUBLIC_URL) || listed(settings, origin)) return;
    throw new DomainError(
      'forbidden',
      'This site may not use the widget; an admin can add it to allowedOrigins of the channel.',
    );
  }
}

const listed = ({ allowedOrigins }: WebchatSettings, origin: string | undefined) =>
  mayEmbed(allowedOrigins, origin ?? '');

function proofOf({ jwt, identifier, identifier_hash: hash, name, email, phone }: ExchangeBody): Proof {
  return jwt !== undefined
    ? { jwt }
    : {
        identifier: identifier ?? '',
        hash: hash ?? '',
        profile: { name: name ?? undefined, email: email ?? undefined, phone: phone ?? undefined },
      };
}
