import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsEmail, IsIn, IsOptional, IsString, IsUUID, MaxLength, ValidateIf } from 'class-validator';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import { PageQuery } from '../../identity/page';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import { ContactMerging } from './contact-merging';
import { ContactVerdicts } from './contact-verdicts';
import { ContactsService } from './contacts.service';

export class ContactsQuery extends PageQuery {
  @ApiPropertyOptional({
    description:
      'Beginning of a name, handle (with or without @), e-mail address or phone number, as dialled or with its country code',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  q?: string;
}

export class ContactBody {
  @ApiPropertyOptional({ maxLength: 200 })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  name?: string;

  @ApiPropertyOptional({ description: 'Empty removes it' })
  @ValidateIf((body: ContactBody) => body.email !== undefined && body.email !== '')
  @IsEmail()
  email?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  emailVerified?: boolean;

  @ApiPropertyOptional({ description: 'Any usual way of writing it; kept as E.164. Empty removes it' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  phone?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  phoneVerified?: boolean;

  @ApiPropertyOptional({ enum: ['fa', 'en'] })
  @IsOptional()
  @IsIn(['fa', 'en'])
  locale?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'vip', description: 'Empty or null removes it' })
  @IsOptional()
  @IsString()
  @MaxLength(60)
  tier?: string | null;
}

export class MergeBody {
  @ApiProperty({ format: 'uuid', description: 'The contact that goes; everything of it moves here' })
  @IsUUID()
  otherId: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Merges two who were told apart, which is a `conflict` otherwise; the verdict ends with it',
  })
  @IsOptional()
  @IsBoolean()
  evenToldApart?: boolean;
}

export class NotSameBody {
  @ApiProperty({ format: 'uuid', description: 'The contact that is somebody else' })
  @IsUUID()
  otherId: string;
}

export class UnmergeBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  identityId: string;
}

@ApiTags('contacts')
@Controller('contacts')
export class ContactsController {
  constructor(
    private readonly contacts: ContactsService,
    private readonly merging: ContactMerging,
    private readonly verdicts: ContactVerdicts,
  ) {}

  @Get()
  @RequirePermission('contacts.read')
  list(@CurrentPrincipal() who: Principal, @Query() query: ContactsQuery) {
    return this.contacts.list(who, query.q, query.cursor, query.limit);
  }

  @Get(':id')
  @RequirePermission('contacts.read')
  get(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.contacts.get(who, id);
  }

  @Patch(':id')
  @RequirePermission('contacts.write')
  change(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: ContactBody) {
    return this.contacts.change(who, id, body);
  }

  @Post(':id/merge')
  @HttpCode(200)
  @RequirePermission('contacts.write')
  merge(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: MergeBody) {
    return this.contacts.merge(who, id, body.otherId, body.evenToldApart);
  }

  @Post(':id/unmerge')
  @HttpCode(200)
  @RequirePermission('contacts.write')
  unmerge(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: UnmergeBody) {
    return this.contacts.unmerge(who, id, body.identityId);
  }

  @Get(':id/duplicates')
  @RequirePermission('contacts.read')
  @ApiOperation({ summary: 'Who may be the same person and why, the likeliest first' })
  async duplicates(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return { items: await this.merging.duplicates(who, id) };
  }

  @Get(':id/merge-preview/:otherId')
  @RequirePermission('contacts.read')
  @ApiOperation({ summary: 'What merging another contact into this one would do' })
  preview(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('otherId', UuidPipe) otherId: string,
  ) {
    return this.merging.preview(who, id, otherId);
  }

  @Get(':id/merges')
  @RequirePermission('contacts.read')
  @ApiOperation({ summary: 'Who is part of this contact now, since when and by whom' })
  async merges(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return { items: await this.merging.merges(who, id) };
  }

  @Delete(':id/merges/:otherId')
  @RequirePermission('contacts.write')
  @ApiOperation({ summary: 'Takes a merge back, with all that came with it' })
  undo(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('otherId', UuidPipe) otherId: string,
  ) {
    return this.merging.undo(who, id, otherId);
  }

  @Get(':id/not-same')
  @RequirePermission('contacts.read')
  @ApiOperation({ summary: 'Whom this contact was told apart from, by whom and when, the latest first' })
  async notSame(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return { items: await this.verdicts.list(who, id) };
  }

  @Post(':id/not-same')
  @HttpCode(200)
  @RequirePermission('contacts.write')
  @ApiOperation({ summary: 'The two are not one person: suggested to nobody any more' })
  async tellApart(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: NotSameBody) {
    return { items: await this.verdicts.tellApart(who, id, body.otherId) };
  }

  @Delete(':id/not-same/:otherId')
  @RequirePermission('contacts.write')
  @ApiOperation({ summary: 'The two may be one person after all' })
  async liftVerdict(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('otherId', UuidPipe) otherId: string,
  ) {
    return { items: await this.verdicts.lift(who, id, otherId) };
  }
}
