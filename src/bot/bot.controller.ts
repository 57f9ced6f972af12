import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { BotService } from './bot.service';
import { OutcomeBody } from './faq.dto';

@ApiTags('bot')
@Controller('bot/answers')
@RequirePermission('conversations.reply')
export class BotController {
  constructor(private readonly bot: BotService) {}

  @Post(':id/outcome')
  @HttpCode(204)
  @ApiOperation({ summary: 'Say whether the answer was a good one; may be changed later' })
  @ApiNoContentResponse()
  settle(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: OutcomeBody,
  ): Promise<void> {
    return this.bot.settle(who, id, body.outcome);
  }
}
