import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { FileLimitBody, FileUseDto } from './file-quota.dto';
import { FileQuota } from './file-quota.service';

@ApiTags('workspace')
@Controller('workspace/files')
@RequirePermission('workspace.manage')
export class FileQuotaController {
  constructor(private readonly quota: FileQuota) {}

  @Get()
  @ApiOperation({ summary: 'What the files take, and may take' })
  @ApiOkResponse({ type: FileUseDto })
  read(@CurrentPrincipal() who: Principal): Promise<FileUseDto> {
    return this.quota.read(who);
  }

  @Put()
  @ApiOperation({ summary: 'Set or remove the limit' })
  @ApiOkResponse({ type: FileUseDto })
  limit(@CurrentPrincipal() who: Principal, @Body() { limitBytes }: FileLimitBody): Promise<FileUseDto> {
    return this.quota.limit(who, limitBytes);
  }
}
