/**
 * The privileged process: {@link org.letargo.hook.HookMain} starts it, {@link
 * org.letargo.hook.LetargoHook} answers the manager.
 *
 * <p>A change goes one way: {@code LetargoHook} to {@link org.letargo.hook.change.Changes}, which
 * keeps its outcome ({@code operation}), to one class per verb in {@code change}, which takes the
 * VPS ({@code vps}) and works with the parts of the host: {@code runtime} (runc, conmon), {@code
 * engine} (CRIU), {@code pages} (memory to and from it), {@code cgroup}, {@code network}, {@code
 * rootfs}, {@code template}, {@code relay}. The parts do not know each other.
 * docs/design/001-architecture.md walks one suspend through it.
 */
package org.letargo.hook;
