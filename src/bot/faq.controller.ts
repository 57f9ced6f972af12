import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import type { FaqArticleEntity } from './faq-article.entity';
import { ArticleChangeBody, ArticlePage, ArticleQuery, ArticleView, NewArticleBody } from './faq.dto';
import { FaqService } from './faq.service';

@ApiTags('bot')
@Controller('faq-articles')
@RequirePermission('faq.manage')
export class FaqController {
  constructor(private readonly faq: FaqService) {}

  @Get()
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: ArticlePage })
  async list(@CurrentPrincipal() who: Principal, @Query() { enabled, ...query }: ArticleQuery): Promise<ArticlePage> {
    const page = await this.faq.list(who, {
      ...query,
      enabled: enabled === undefined ? undefined : enabled === 'true',
    });
    return { items: page.items.map(view), nextCursor: page.nextCursor };
  }

  @Post()
  @ApiCreatedResponse({ type: ArticleView })
  async create(@CurrentPrincipal() who: Principal, @Body() body: NewArticleBody): Promise<ArticleView> {
    return view(await this.faq.create(who, body));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Edit an article, or take it out of use with `enabled: false`' })
  @ApiOkResponse({ type: ArticleView })
  async change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { version, ...change }: ArticleChangeBody,
  ): Promise<ArticleView> {
    return view(await this.faq.change(who, id, change, version));
  }
}

const view = (article: FaqArticleEntity): ArticleView => ({
  id: article.id,
  brandId: article.brandId,
  locale: article.locale,
  title: article.title,
  phrasings: article.phrasings,
  answer: article.answer,
  autoSend: article.autoSend,
  enabled: article.enabled,
  version: article.version,
  updatedAt: article.updatedAt,
});
