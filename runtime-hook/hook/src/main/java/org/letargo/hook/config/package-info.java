/** The hook's part of letargo.yaml: {@link org.letargo.hook.config.HookConfiguration}. */
package org.letargo.hook.config;
