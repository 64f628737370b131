package org.letargo.hook.protocol;

/**
 * What was sent ahead of a checkpoint.
 *
 * @param rounds how often all was gone through
 * @param sent content that the other store lacked
 * @param left what the last round has found to be new
 * @param perSecond how fast content was offered and sent, in bytes a second; 0 if there was too
 *     little to tell
 * @param changedPerSecond how much the VPS changes, in bytes a second of 64 KiB windows
 * @param why the rounds have ended, half a sentence
 */
public record AheadReport(
    int rounds,
    DataSize sent,
    DataSize left,
    DataSize perSecond,
    DataSize changedPerSecond,
    String why) {}
