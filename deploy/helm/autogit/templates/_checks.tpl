{{- /* What the schema cannot say: values that must be there, and values that exclude each other. */ -}}
{{- define "autogit.checks" -}}
{{- if not .Values.image.repository }}
{{- fail "image.repository is missing: make the image with `npm run image`, push it to a registry and name it here" }}
{{- end }}
{{- $url := .Values.repository.url }}
{{- if not $url }}
{{- fail "repository.url is missing: name the Git repository with the platform file, https://… or ssh://…" }}
{{- end }}
{{- /* Never shown in a message: somebody may have put a password into it. */ -}}
{{- if not (regexMatch "^(https?|ssh)://[^\\s?#]+$" $url) }}
{{- fail "repository.url is no address that can be followed: write https://host/owner/name or ssh://git@host/owner/name" }}
{{- end }}
{{- if regexMatch "^https?://[^/]*@|^ssh://[^/@]*:[^/@]*@" $url }}
{{- fail "repository.url holds a user name or a password: remove it, and name the Secret with the token in credentials.git" }}
{{- end }}
{{- if and (hasPrefix "http://" $url) (not .Values.repository.allowHttp) }}
{{- fail "repository.url is http://, which anyone on the way can read and change: use https://, or set repository.allowHttp" }}
{{- end }}
{{- $ssh := .Values.credentials.ssh.secretName }}
{{- if and (hasPrefix "ssh://" $url) (not $ssh) }}
{{- fail "repository.url is ssh://: name the Secret with the key and the known hosts in credentials.ssh.secretName" }}
{{- end }}
{{- if and (not (hasPrefix "ssh://" $url)) $ssh }}
{{- fail "credentials.ssh is for an ssh:// repository: use credentials.git for this one, or change repository.url" }}
{{- end }}
{{- if and (hasPrefix "ssh://" $url) .Values.credentials.git.secretName }}
{{- fail "credentials.git is for an https:// repository: remove it, or change repository.url" }}
{{- end }}
{{- if and .Values.policy.rules .Values.policy.existingConfigMap }}
{{- fail "policy.rules and policy.existingConfigMap exclude each other: write the rules here, or in the ConfigMap" }}
{{- end }}
{{- $seen := dict }}
{{- range .Values.credentials.variables }}
{{- if not (regexMatch "^AUTOGIT_SECRET_[A-Z0-9_]+$" .name) }}
{{- fail (printf "credentials.variables has %s, which the platform file may not read: begin its name with AUTOGIT_SECRET_" .name) }}
{{- end }}
{{- if hasKey $seen .name }}
{{- fail (printf "credentials.variables has %s twice: give each variable one Secret" .name) }}
{{- end }}
{{- $_ := set $seen .name true }}
{{- end }}
{{- if .Values.ingress.enabled }}
{{- if not .Values.ingress.host }}
{{- fail "ingress.host is missing: name the host under which the dashboard is reached" }}
{{- end }}
{{- if not .Values.ingress.signOn }}
{{- fail "ingress.signOn is missing: the dashboard has no sign-in of its own; say what asks people for one before they reach it" }}
{{- end }}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.from) }}
{{- fail "networkPolicy.from is empty, so the ingress controller could not reach the dashboard: name its namespace there" }}
{{- end }}
{{- end }}
{{- end -}}
