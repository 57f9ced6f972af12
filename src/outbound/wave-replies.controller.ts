import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { WavePipe } from '../inbox/repeats/wave.pipe';
import { ReplyBatchStartedDto, WaveReplyBody, WaveReplyPreviewDto } from './reply-batches.dto';
import { WaveReplies } from './wave-replies.service';

@ApiTags('conversations')
@RequirePermission('conversations.reply')
@Controller('repeats/waves/:wave')
export class WaveRepliesController {
  constructor(private readonly waves: WaveReplies) {}

  @Get('threads')
  @ApiOperation({ summary: 'The tickets of a wave under work, each with what a reply there would be' })
  @ApiOkResponse({ type: WaveReplyPreviewDto })
  threads(@CurrentPrincipal() who: Principal, @Param('wave', WavePipe) wave: string): Promise<WaveReplyPreviewDto> {
    return this.waves.preview(who, wave);
  }

  @Post('reply-batches')
  @HttpCode(202)
  @ApiOperation({ summary: 'One reply to everybody who wrote the same, once in each ticket, as a job' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key starts one batch' })
  start(
    @CurrentPrincipal() who: Principal,
    @Param('wave', WavePipe) wave: string,
    @Body() body: WaveReplyBody,
    @Headers('idempotency-key') key?: string,
  ): Promise<ReplyBatchStartedDto> {
    return this.waves.request(who, wave, body, key);
  }
}
