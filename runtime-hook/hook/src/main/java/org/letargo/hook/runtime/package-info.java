/**
 * runc and conmon by their command lines ({@link org.letargo.hook.runtime.Runc}, {@link
 * org.letargo.hook.runtime.Conmon}), and the config.json that they are given ({@link
 * org.letargo.hook.runtime.OciConfiguration}).
 */
package org.letargo.hook.runtime;
