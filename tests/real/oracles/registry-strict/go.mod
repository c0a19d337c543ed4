module autogit.dev/registry-strict

go 1.26.0

require (
	github.com/distribution/distribution/v3 v3.1.2
	go.yaml.in/yaml/v2 v2.4.4
)

require (
	github.com/sirupsen/logrus v1.10.2 // indirect
	golang.org/x/sys v0.48.0 // indirect
)
