import type { IncomingMessage } from 'node:http';
import { Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, Public, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { DomainError } from '../platform/errors';
import { UuidPipe } from '../platform/uuid.pipe';
import { MediaService } from './media.service';
import { UploadsService } from './uploads.service';

@ApiTags('media')
@Controller()
export class MediaController {
  constructor(
    private readonly media: MediaService,
    private readonly uploads: UploadsService,
  ) {}

  /** The bytes as `application/octet-stream`; `x-file-name` (percent-encoded) and `x-file-type` say what they are called. */
  @Post('uploads')
  @ApiConsumes('application/octet-stream')
  @RequirePermission('conversations.reply')
  upload(
    @CurrentPrincipal() who: Principal,
    @Req() request: FastifyRequest,
    @Headers('x-file-name') name?: string,
    @Headers('x-file-type') mimeType?: string,
  ) {
    const body = request.body as IncomingMessage | undefined;
    if (!body || typeof body !== 'object' || !(Symbol.asyncIterator in body))
      throw new DomainError('unsupported_media_type', 'Send the file’s bytes as application/octet-stream.');
    return this.uploads.add(who, body, { name: decoded(name), mimeType: mimeType ?? null });
  }

  /** Leads to the file for a few minutes, if the caller may see its ticket. */
  @Get('attachments/:id/file')
  @RequirePermission('tickets.read')
  async file(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.media.linkFor(who, id);
    void reply.header('cache-control', 'private, max-age=60').redirect(link, 302);
  }

  /** Asks the network for the file once more. */
  @Post('attachments/:id/refetch')
  @HttpCode(202)
  @RequirePermission('conversations.reply')
  refetch(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.media.refetch(who, id);
  }
}

/**
 * Where files are served: apart from the API and the console, by signed address, looking at no cookie. Nothing served
 * here can run in the page that shows it.
 */
@Controller('media')
@Public()
export class MediaFilesController {
  constructor(private readonly media: MediaService) {}

  @Get(':of/:workspace/:id')
  async serve(
    @Param('of') of: string,
    @Param('workspace', UuidPipe) workspaceId: string,
    @Param('id', UuidPipe) id: string,
    @Query('e') expires: unknown,
    @Query('s') signature: unknown,
    @Headers('range') range: string | undefined,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = { of: of === 'u' ? ('u' as const) : ('a' as const), workspaceId, id };
    const file = await this.media.open(link, String(expires), String(signature), range, known);
    void reply
      .status(file.status)
      .header('content-type', file.mimeType)
      .header('content-disposition', file.disposition)
      .header('content-security-policy', "sandbox; default-src 'none'; style-src 'unsafe-inline'")
      .header('x-content-type-options', 'nosniff')
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('cache-control', `private, max-age=${file.maxAge}`)
      .header('accept-ranges', 'bytes')
      .header('etag', file.etag)
      .headers(file.headers)
      .send(file.body);
  }
}

function decoded(name: string | undefined): string {
  try {
    return decodeURIComponent(name ?? '');
  } catch {
    return name ?? '';
  }
}
