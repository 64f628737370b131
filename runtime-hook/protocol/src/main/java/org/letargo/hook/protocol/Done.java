package org.letargo.hook.protocol;

/** The answer that says only that it is done. */
public record Done() {}
