import { Component, type ReactNode } from 'react';
import { Failed } from './states';

interface PaneBoundaryProps {
  /** Changes when the pane shows something else: a failure of the former is over then. */
  subject: string;
  children: ReactNode;
}

/** Keeps a failure inside its pane: the others go on working. */
export class PaneBoundary extends Component<PaneBoundaryProps, { error: unknown; failed: boolean }> {
  override state = { error: null as unknown, failed: false };

  static getDerivedStateFromError(error: unknown) {
    return { error, failed: true };
  }

  override componentDidUpdate(before: PaneBoundaryProps): void {
    if (this.state.failed && before.subject !== this.props.subject) this.reset();
  }

  private readonly reset = (): void => this.setState({ error: null, failed: false });

  override render(): ReactNode {
    return this.state.failed ? <Failed error={this.state.error} onRetry={this.reset} /> : this.props.children;
  }
}
