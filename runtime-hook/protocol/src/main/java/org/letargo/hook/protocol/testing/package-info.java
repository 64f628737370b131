/**
 * A hook without a host, for tests of whatever talks to one. {@link
 * org.letargo.hook.protocol.testing.FakeHook} keeps VPSes in memory, is strict about states and
 * ids, and is served over a real Unix socket. It can be told to stand still, to fail or to die at a
 * {@link org.letargo.hook.protocol.testing.Moment} of a change, and be started again like the real
 * one. The contract that it shares with the real hook is {@code HookContract} (test jar).
 *
 * <p>Not for production: nothing here touches the host.
 */
package org.letargo.hook.protocol.testing;
