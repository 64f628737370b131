/**
 * What the manager and the privileged hook say to each other over a Unix socket.
 *
 * <p>Start at {@link org.letargo.hook.protocol.HookClient}: one method to ask, one to open a
 * stream. {@link org.letargo.hook.protocol.HookServer} is the other end; it lets a {@link
 * org.letargo.hook.protocol.HookHandler} answer, the real hook or {@code testing.FakeHook}. A
 * request names a VPS and an intent ({@link org.letargo.hook.protocol.HookRequest}); never a
 * command line of the host, a mount source or a path. The bytes are described in
 * docs/hook-protocol.md.
 *
 * <p>Values that cross it ({@link org.letargo.hook.protocol.VpsName}, {@link
 * org.letargo.hook.protocol.DataSize}, ...) check themselves when they are made. This package
 * depends on nothing of ours and never logs.
 */
package org.letargo.hook.protocol;
