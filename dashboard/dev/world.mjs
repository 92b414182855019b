// The invented API behind the development server: what its spec has, what callers do with it, what they try.

export const operations = [
  ['GET', '/products', 'listProducts', 'production', 30, 900],
  ['GET', '/products/{productId}', 'getProduct', 'production', 34, 640],
  ['GET', '/products/{productId}/reviews', 'listReviews', 'production', 9, 1400],
  ['GET', '/orders', 'listOrders', 'production', 10, 2100],
  ['POST', '/orders', 'createOrder', 'production', 6, 5200],
  ['GET', '/orders/{orderId}', 'getOrder', 'production', 24, 810],
  ['PATCH', '/orders/{orderId}', 'changeOrder', 'production', 2, 3900],
  ['POST', '/orders/{orderId}/refund', 'refundOrder', 'production', 1, 7400],
  ['GET', '/users/{userId}', 'getUser', 'production', 8, 720],
  ['PATCH', '/users/{userId}', 'changeUser', 'production', 2, 2600],
  ['POST', '/login', 'login', 'production', 5, 48_000],
  ['GET', '/search', 'search', 'production', 12, 12_500],
  ['GET', '/v1/catalogue', 'catalogueV1', 'deprecated', 3, 1500],
  ['GET', '/v1/orders/{orderId}', 'getOrderV1', 'retired', 0, 0],
  ['GET', '/admin/reports', 'listReports', 'production', 0, 0],
  ['DELETE', '/admin/users/{userId}', 'deleteUser', 'production', 0, 0],
  ['POST', '/webhooks/payment', 'paymentWebhook', 'production', 2, 1900],
].map(([method, path, operation_id, stage, weight, typical_us]) => ({
  api: 'shop', method, path, operation_id, stage, weight, typical_us,
}));

export const clients = [
  ['203.0.113.7', 'bearer:9f2c41d07b1e55aa'],
  ['203.0.113.24', 'bearer:41c8e0aa93d7f102'],
  ['198.51.100.18', 'api_key:7be21f6604c9d3aa'],
  ['198.51.100.77', 'bearer:c0ffee4471bd9a3e'],
  ['2001:db8:4f2::19', 'mtls:3d5a17c9e02b8f46'],
  ['192.0.2.145', ''],
];

/** Calls that a control stops. `shadow` ones ask for something that no spec has. */
export const attacks = [
  { weight: 5, client: 3, method: 'GET', path: '/orders/1042', operation: 'GET /orders/{orderId}', status: 403,
    control: 'access', reason: 'object_of_another_owner', detail: 'Order 1042 belongs to another customer.' },
  { weight: 3, client: 5, method: 'GET', path: '/internal/debug/config', status: 404, shadow: true },
  { weight: 2, client: 5, method: 'GET', path: '/.env', status: 404, shadow: true },
  { weight: 2, client: 5, method: 'POST', path: '/v0/orders/export', status: 404, shadow: true },
  { weight: 3, client: 5, method: 'POST', path: '/login', operation: 'POST /login', status: 429,
    control: 'limits', reason: 'rate_exceeded', detail: 'Class login allows 5 in a minute for one user.' },
  { weight: 2, client: 1, method: 'PATCH', path: '/users/77', operation: 'PATCH /users/{userId}', status: 400,
    control: 'contract', reason: 'unknown_property', detail: 'body.role is not a property of UserChange.' },
  { weight: 2, client: 5, method: 'GET', path: "/search?q=1'%20UNION%20SELECT%20card_number,cvv%20FROM%20payments--",
    operation: 'GET /search', status: 403, control: 'waf', reason: '942100', detail: 'SQL injection in query parameter q.' },
  { weight: 1, client: 5, method: 'GET', path: '/products/<script>alert(document.domain)</script>',
    operation: 'GET /products/{productId}', status: 400, control: 'contract', reason: 'path_parameter_type',
    detail: 'productId is not an integer.' },
  { weight: 1, client: 5, method: 'GET', path: '/files/invoice\u202efdp.exe\u0000\u200b.png', status: 404, shadow: true },
  { weight: 1, client: 5, method: 'GET', path: `/search?q=${'A'.repeat(3000)}`, operation: 'GET /search', status: 414,
    control: 'framing', reason: 'target_too_long', detail: 'The request target has 3,010 bytes; 2,048 are allowed.' },
  { weight: 2, client: 4, method: 'GET', path: '/admin/reports', operation: 'GET /admin/reports', status: 403,
    control: 'access', reason: 'role_missing', detail: 'The operation needs the role admin; the token has customer.' },
];

export const failures = [
  { weight: 3, status: 504, outcome: 'failed', control: 'upstream', reason: 'timeout', detail: 'No answer within 15 s.', us: 15_000_000 },
  { weight: 2, status: 502, outcome: 'failed', control: 'upstream', reason: 'connection_refused', detail: '127.0.0.1:9001 refused the connection.', us: 900 },
  { weight: 1, status: 499, outcome: 'aborted', control: 'client', reason: 'closed', detail: 'The client closed the connection first.', us: 2_400_000 },
];

export const observations = [
  { control: 'access', reason: 'object_of_another_owner', detail: 'Order belongs to another customer.' },
  { control: 'waf', reason: '932160', detail: 'Shell command in body.note.' },
  { control: 'limits', reason: 'rate_exceeded', detail: 'Class data allows 300 in a minute for one token.' },
];
