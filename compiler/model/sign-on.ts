/** Name of the middleware of the ingress that asks sign-on about a request, which routes of `protect: sso` refer to. */
export const signOnMiddleware = 'sign-on';
