-- GET one line of the file PATHS after the other, over and over. Prints one JSON line at the end.
local paths, n = {}, 0
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = wrk.format("GET", line) end

request = function()
  n = n + 1
  return paths[(n - 1) % #paths + 1]
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'JSON {"requests": %d, "micros": %d, "p50": %.1f, "p99": %.1f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
