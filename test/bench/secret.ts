/** What signs the bench's webhooks, at the floors and at the product. */
export const SECRET = 'bench_app_secret_0123456789abcdef';
