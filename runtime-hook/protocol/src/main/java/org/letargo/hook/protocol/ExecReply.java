package org.letargo.hook.protocol;

/**
 * How a command in a VPS ended.
 *
 * @param exitStatus 0 to 255; 128 + n for a command that died of signal n
 */
public record ExecReply(int exitStatus) {}
