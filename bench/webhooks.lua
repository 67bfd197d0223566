-- POST /webhooks: a fresh id for each request, every twentieth sent again. Prints one JSON line at the end.
local file = io.open(os.getenv("PAYLOAD"), "rb")
local body = file:read("*a")
file:close()
local round = os.getenv("ROUND")
local head = table.concat({
  "POST /webhooks HTTP/1.1",
  "Host: 127.0.0.1",
  "Content-Type: application/json",
  "X-Shopify-Topic: orders/create",
  "X-Shopify-Shop-Domain: bench.myshopify.com",
  "X-Shopify-API-Version: 2026-07",
  "X-Shopify-Triggered-At: 2026-11-01T00:00:00Z",
  "X-Shopify-Event-Id: " .. round,
  "X-Shopify-Hmac-Sha256: " .. os.getenv("SIGNATURE"),
  "Content-Length: " .. #body,
  "X-Shopify-Webhook-Id: ",
}, "\r\n")
local sent = 0

request = function()
  sent = sent + 1
  local id = sent % 20 == 0 and sent - 1 or sent
  return head .. round .. "-" .. id .. "\r\n\r\n" .. body
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'JSON {"requests": %d, "micros": %d, "p50": %.1f, "p99": %.1f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
