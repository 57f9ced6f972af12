import { Body, Controller, Get, HttpCode, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../platform/config';
import { DomainError } from '../platform/errors';
import { CurrentAuthentication, Public, SignedIn } from './access.decorators';
import { LoginBody, PasswordBody, ProfileBody, SessionView } from './auth.dto';
import { credentialsOf, endedSessionCookie, originAllowed, sessionCookie } from './credentials';
import { Profiles } from './profiles';
import { ABSOLUTE_MS, type Authentication, mustBeSession, Sessions } from './sessions';
import { SignIn } from './sign-in';
import { SignOut } from './sign-out';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly signIn: SignIn,
    private readonly signOut: SignOut,
    private readonly sessions: Sessions,
    private readonly profiles: Profiles,
    private readonly config: Config,
  ) {}

  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in with a password; sets the session cookie' })
  @ApiOkResponse({ type: SessionView })
  async login(
    @Body() body: LoginBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    if (!originAllowed(request.headers.origin, request.host, this.config.PUBLIC_URL)) {
      throw new DomainError('csrf_failed', 'This page may not sign in here; open the console at its own address.');
    }
    const { token } = await this.signIn.signIn(body, {
      address: request.ip,
      userAgent: request.headers['user-agent'],
      session: credentialsOf({ cookie: request.headers.cookie }).session,
    });
    const authentication = await this.sessions.authenticate({ session: token });
    if (!authentication) throw new DomainError('unauthenticated', 'This sign-in was ended at once; sign in again.');
    void reply.header('set-cookie', sessionCookie(token, ABSOLUTE_MS / 1000, this.secure(request)));
    return this.profiles.view(authentication);
  }

  @Get('session')
  @SignedIn()
  @ApiOperation({ summary: 'Who am I, and what may I do' })
  @ApiOkResponse({ type: SessionView })
  session(@CurrentAuthentication() authentication: Authentication): Promise<SessionView> {
    return this.profiles.view(authentication);
  }

  @Patch('profile')
  @SignedIn()
  @ApiOperation({ summary: 'Change my own name or language' })
  @ApiOkResponse({ type: SessionView })
  async profile(
    @CurrentAuthentication() authentication: Authentication,
    @Body() body: ProfileBody,
  ): Promise<SessionView> {
    await this.profiles.change(authentication.principal, body);
    return this.profiles.view(authentication);
  }

  @Post('logout')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'End this session' })
  async logout(
    @CurrentAuthentication() authentication: Authentication,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    mustBeSession(authentication);
    await this.signOut.here(authentication);
    void reply.header('set-cookie', endedSessionCookie(this.secure(request)));
  }

  @Post('logout-everywhere')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'End all my sessions, this one too; API tokens stay' })
  async logoutEverywhere(
    @CurrentAuthentication() authentication: Authentication,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.signOut.everywhere(authentication);
    void reply.header('set-cookie', endedSessionCookie(this.secure(request)));
  }

  @Post('password')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'Change my password; ends my other sessions' })
  async password(
    @CurrentAuthentication() authentication: Authentication,
    @Body() body: PasswordBody,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    mustBeSession(authentication);
    await this.signIn.changePassword(authentication, body.current, body.next, request.ip);
  }

  private secure(request: FastifyRequest): boolean {
    return request.protocol === 'https' || (this.config.PUBLIC_URL?.startsWith('https:') ?? false);
  }
}
