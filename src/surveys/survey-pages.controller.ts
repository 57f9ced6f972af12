import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../identity/access.decorators';
import { gonePage, surveyPage } from './survey-page';
import { SurveyPages } from './survey-pages';

/** Where a customer answers by a link of their own; whoever has it may answer, nothing else is shown. */
@ApiExcludeController()
@Controller('survey')
@Public()
export class SurveyPagesController {
  constructor(private readonly pages: SurveyPages) {}

  @Get(':token')
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const facts = await this.pages.open(token);
    html(reply, facts ? 200 : 404).send(facts ? surveyPage(facts) : gonePage());
  }

  @Post(':token')
  async answer(@Param('token') token: string, @Body() form: unknown, @Res() reply: FastifyReply): Promise<void> {
    const outcome = await this.pages.answer(token, form);
    if (outcome.state === 'gone') html(reply, 404).send(gonePage());
    else html(reply, outcome.state === 'kept' ? 200 : 422).send(surveyPage(outcome.facts, outcome.state !== 'kept'));
  }
}

const html = (reply: FastifyReply, status: number): FastifyReply =>
  reply
    .status(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
