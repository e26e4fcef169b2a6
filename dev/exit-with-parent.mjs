// Preloaded into every Node process of the stack: when its parent is gone (kill -9 included), the channel between
// them closes, and the process ends as if asked by SIGTERM.
const lastResortMs = 30_000;

if (process.channel) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), lastResortMs).unref();
  });
  // Watching the channel is no reason for a one-shot process to stay.
  process.channel.unref();
}
