/**
 * CRIU: which one is there ({@link org.letargo.hook.engine.Engine}), the options that runc passes
 * on to it ({@link org.letargo.hook.engine.EngineOptions}) and what must be known for them, read
 * from a running VPS ({@link org.letargo.hook.engine.OpenFiles}, {@link
 * org.letargo.hook.engine.InodePaths}), and what its log says ({@link
 * org.letargo.hook.engine.EngineLog}).
 */
package org.letargo.hook.engine;
