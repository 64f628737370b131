package org.letargo.hook.rootfs;
