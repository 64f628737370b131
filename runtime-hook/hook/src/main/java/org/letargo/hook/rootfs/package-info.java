/**
 * The disk of a VPS: mounted by {@link org.letargo.hook.rootfs.RootFileSystem}, saved into
 * checkpoints and put back by {@link org.letargo.hook.rootfs.VpsDisk}.
 */
package org.letargo.hook.rootfs;
