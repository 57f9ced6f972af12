import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';

/**
 * One change at the server; what it made old, by name, is read anew. Nobody waits for that: a form that is drawn anew
 * with what was read would not hear that its change was made.
 */
export function useChange<Input, Answer>(send: (input: Input) => Promise<Answer>, ...stale: readonly QueryKey[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: () => {
      for (const queryKey of stale) void client.invalidateQueries({ queryKey });
    },
  });
}
