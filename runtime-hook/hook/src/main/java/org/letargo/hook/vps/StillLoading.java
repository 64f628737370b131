package org.letargo.hook.vps;

import org.letargo.hook.protocol.CheckpointReport;

/**
 * Memory of a running VPS is still in a checkpoint ({@code loading.json}): written before its tasks
 * are let go, removed when all of it is there. If the hook ends meanwhile, so does the VPS, and it
 * is suspended in that checkpoint again. It counts only while the status says that the VPS has
 * processes.
 */
public record StillLoading(CheckpointReport checkpoint) {}
