package org.letargo.hook.protocol;

/** Answers requests: the real hook, or the fake that tests use. */
@FunctionalInterface
public interface HookHandler {
  /**
   * Does what is asked and returns the answer. Called on a virtual thread of its own per request,
   * many at a time; may block for minutes.
   *
   * @throws VpsException to answer with a failure; any other exception becomes INTERNAL
   */
  <R> R handle(HookRequest<R> request, HookExchange exchange);
}
